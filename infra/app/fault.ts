/** Something of ours or beneath us is broken: not the caller's doing. `code` is stable; the message never holds a personal value. */
export class Fault extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Fault';
    this.code = code;
  }
}

export const fault = (code: string, message: string, cause?: unknown): Fault =>
  new Fault(code, message, cause === undefined ? undefined : { cause });
