import { describe, expect, it } from 'vitest';
import { heldUpSentence } from '#infra/cli/held-up.ts';
import { ids, NOW } from '#tests/support/fake-values.ts';

describe('an erasure that waits', () => {
  const process = { processId: ids.account, pid: 4711, roles: ['web'], frozen: true };

  it('names the process and the way out', () =>
    expect(heldUpSentence({ code: 'PROCESS_NOT_ANSWERING', at: NOW, processes: [process] })).toBe(
      'waiting for pid 4711 (web, frozen), which may hold the key in memory. Wake it (kill -CONT 4711) or end it (kill -KILL 4711); the erasure then goes on by itself.',
    ));
  it('says what else is in the way', () => {
    expect(heldUpSentence({ code: 'NO_WORKER', at: NOW, processes: [] })).toContain('start one ("vconnect start")');
    expect(heldUpSentence({ code: 'SOMETHING_ELSE', at: NOW, processes: [] })).toContain('(SOMETHING_ELSE)');
  });
});
