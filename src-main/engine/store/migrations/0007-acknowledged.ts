/** Taking an acknowledgement back looks for what was acknowledged since it was shown, however many there were before. */
export const acknowledged = /* sql */ `
CREATE INDEX delivery_acknowledged ON delivery (state_since) WHERE state = 'acknowledged';
`;
