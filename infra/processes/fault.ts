import type { ProcessId } from '#domain/erasure/commands.ts';

/** Another process of the data folder did not do what an erasure needs. The message names it by id and pid, so that somebody can act. */
export class ProcessFault extends Error {
  readonly code: 'PROCESS_NOT_ANSWERING' | 'PROCESS_NOT_DRAINED';
  readonly processes: readonly ProcessId[];
  constructor(code: ProcessFault['code'], expected: string, processes: readonly { readonly id: ProcessId; readonly pid: number }[]) {
    super(`${expected} ${processes.map(({ id, pid }) => `process ${id} (pid ${String(pid)})`).join(', ')}`);
    this.name = 'ProcessFault';
    this.code = code;
    this.processes = processes.map(({ id }) => id);
  }
}
