/**
 * Where the call `c` stands by its deliveries: the worst of them, in the order of `callOutcome`; NULL where it has none.
 * Row values are those of `callOutcome`.
 */
export const outcomeOfDeliveries = `(SELECT CASE min(CASE d.state WHEN 'dead' THEN 1 WHEN 'uncertain' THEN 2
        WHEN 'waiting' THEN CASE d.wait_why WHEN 'contact' THEN 4 ELSE 3 END
        WHEN 'sending' THEN 5 WHEN 'queued' THEN 6 WHEN 'delivered' THEN 7 ELSE 8 END)
        WHEN 1 THEN 'failed' WHEN 2 THEN 'checking' WHEN 3 THEN 'waiting' WHEN 4 THEN 'held' WHEN 5 THEN 'sending'
        WHEN 6 THEN 'queued' WHEN 7 THEN 'delivered' WHEN 8 THEN 'acknowledged' END
      FROM delivery d JOIN integration i ON i.id = d.integration_id AND i.removed_at IS NULL WHERE d.call_id = c.id)`;
