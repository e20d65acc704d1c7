import { describe, expect, it } from 'vitest';
import { meaningOf, meaningOfStatus } from '#infra/whatsapp/errors.ts';

describe('error codes', () => {
  it.each([
    [0, 'token'],
    [190, 'token'],
    [3, 'permission'],
    [10, 'permission'],
    [200, 'permission'],
    [299, 'permission'],
    [4, 'rate'],
    [613, 'rate'],
    [130429, 'rate'],
    [131056, 'contact-rate'],
    [131048, 'spam-rate'],
    [33, 'parameter'],
    [100, 'parameter'],
    [131008, 'parameter'],
    [131009, 'parameter'],
    [131021, 'parameter'],
    [131030, 'parameter'],
    [368, 'policy'],
    [130497, 'policy'],
    [131031, 'policy'],
    [131049, 'opted-out'],
    [131050, 'opted-out'],
    [131047, 'window-closed'],
    [131026, 'undeliverable'],
    [131000, 'transient'],
    [131016, 'transient'],
    [131057, 'transient'],
    [131042, 'payment'],
    [131045, 'registration'],
    [133010, 'registration'],
    [133016, 'registration'],
    [131051, 'media'],
    [131052, 'media'],
    [131053, 'media'],
    [132001, 'template'],
    [132068, 'template'],
    [300, 'other'],
    [999_999, 'other'],
  ])('%i means %s', (code, expected) => {
    expect(meaningOf(code).class).toBe(expected);
  });

  it('only rates and passing trouble are worth sending again', () => {
    const codes = [
      0, 3, 4, 10, 33, 100, 190, 368, 613, 130429, 131000, 131016, 131026, 131042, 131047, 131048, 131049, 131056, 131057, 132000, 133010,
    ];
    expect(codes.filter((code) => meaningOf(code).retryable)).toEqual([4, 613, 130429, 131000, 131016, 131056, 131057]);
  });

  it('reads a bare HTTP status where there is no Graph error', () => {
    expect([401, 403, 404, 413, 429].map((status) => meaningOfStatus(status).class)).toEqual([
      'token',
      'permission',
      'parameter',
      'media',
      'rate',
    ]);
  });
});
