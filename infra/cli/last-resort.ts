import type { Log } from '../log.ts';

/**
 * What nobody caught ends the process, as it must: its state is unknown, and everything acknowledged is durable. But by our own hand, since
 * Node would print the message, which may quote what somebody wrote.
 */
export const endOnUncaught = (log: Log): (() => void) => {
  const end = (error: unknown): void => {
    log.error('process.failed', { err: error });
    process.exit(1);
  };
  // SIGQUIT asks for the memory of the process as a file, and in it are keys and opened values: it ends at once and leaves none.
  const quit = (): void => {
    log.error('process.quit');
    process.exit(1);
  };
  process.on('uncaughtException', end).on('unhandledRejection', end).on('SIGQUIT', quit);
  return () => {
    process.off('uncaughtException', end).off('unhandledRejection', end).off('SIGQUIT', quit);
  };
};
