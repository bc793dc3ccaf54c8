/**
 * What stands in the CRM of a delivery, in one row: a row for every field and step cost as much as all else that is kept of
 * a delivery.
 */
export const deliveryWritten = /* sql */ `
-- steps: names of those that are certain. fields: [value, epoch ms] as pushed last, by vendor field.
CREATE TABLE delivery_written (
  delivery_id INTEGER PRIMARY KEY REFERENCES delivery (id),
  steps TEXT NOT NULL,
  fields TEXT NOT NULL
) STRICT;
INSERT INTO delivery_written
SELECT d.id,
  (SELECT json_group_array(step) FROM delivery_step WHERE delivery_id = d.id),
  (SELECT json_group_object(field, json_array(value, pushed_at)) FROM pushed_field WHERE delivery_id = d.id)
FROM delivery d
WHERE d.id IN (SELECT delivery_id FROM delivery_step UNION SELECT delivery_id FROM pushed_field);
DROP TABLE delivery_step;
DROP TABLE pushed_field;
`;
