import type { Handler } from './context.js';

/** comm_info_request: the open comms, of one target or all. */
export const commInfo: Handler = ({ target_name }, { comms }) => ({
  status: 'ok',
  comms: comms.list(typeof target_name === 'string' ? target_name : undefined),
});
