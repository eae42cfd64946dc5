import type { Handler } from './context.js';

/** comm_info_request: no comm is open. */
export const commInfo: Handler = () => ({ status: 'ok', comms: {} });
