import { z } from 'zod';

/** What a process tells its projector thread. */
export const toThread = z.enum(['appended', 'stop']);
/** What the thread tells its process. */
export const fromThread = z.enum(['announced']);
