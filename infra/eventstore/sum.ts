import { crc32 } from 'node:zlib';

/** All that a stored event says, and where it stands. */
export type SummedEvent = {
  readonly position: number;
  readonly stream: string;
  readonly revision: number;
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly body: string;
};

/**
 * CRC-32 of a stored event with its place, kept beside it. SQLite has no sums of its own: without one a digit that a worn disk changed inside
 * a body would be read as if it had been written so. Any change of up to 32 neighbouring bits is found for certain, a larger one but for one
 * in 2^32. Against damage, not against people: whoever can write the file can write the sum.
 */
export const eventSum = ({ position, stream, revision, id, type, version, body }: SummedEvent): number =>
  crc32(body, crc32(`${String(position)} ${stream} ${String(revision)} ${id} ${type} ${String(version)} `));
