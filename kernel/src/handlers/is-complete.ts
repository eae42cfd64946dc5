import type { Handler } from './context.js';

/** is_complete_request: may a console run this, or does more have to come? */
export const isComplete: Handler = async ({ code }, { executor }) => ({
  ...(await executor.converter).isComplete(String(code ?? '')),
});
