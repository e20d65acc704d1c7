import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLog, type LogFields, toldAddress, toldCode, toldRoute } from '#infra/log.ts';
import { VaultFault } from '#vault/fault.ts';

/** Past the types: what a line says where they were silenced. */
const logged = (fields: unknown, event: string = 'test.happened'): string => {
  let text = '';
  const log = createLog('debug', { write: (line) => void (text += line) });
  (log.info as (event: string, fields: LogFields) => void)(event, fields as LogFields);
  return text;
};

describe('a log line', () => {
  it('carries ids, codes, numbers and the time', () => {
    const fields = { contact: 'a'.repeat(32), code: 'STORE_FULL', status: 503, durationMs: 12, route: '/api/v1/contacts/:id', ok: false };
    const line = JSON.parse(logged(fields)) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'info', event: 'test.happened', ...fields });
    expect(line.at).toMatch(/^\d{4}-\d{2}-\d{2}T.*Z$/);
    expect(Object.keys(line).sort()).toEqual([...Object.keys(fields), 'at', 'event', 'level'].sort());
  });

  it('drops every name that is not allowed', () => {
    expect(logged({ name: 'Ada Lovelace', phone: '+201001234567', body: 'hello', count: 1 })).not.toMatch(/Ada|2010|hello/);
  });

  it('drops an allowed name whose value has another form', () => {
    const text = logged({
      contact: '+201001234567',
      code: 'Ada Lovelace',
      route: '/contacts?name=Ada',
      status: '+2010',
      position: 'x',
      listening: 'http://a/Ada',
    });
    expect(Object.keys(JSON.parse(text) as object).sort()).toEqual(['at', 'event', 'level']);
  });

  it('never carries free text, whatever the fields are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), fc.string({ minLength: 1 }), (fields, event) => {
        const line = JSON.parse(logged({ ...fields, name: 'Ada was here', err: new Error('Ada was here') }, event)) as object;
        expect(JSON.stringify(line)).not.toContain('Ada was here');
      }),
      { numRuns: 200 },
    );
  });

  it('does not take a sentence as the name of what happened', () => {
    expect(logged({}, 'Ada signed in')).not.toContain('Ada');
  });

  it('below the level is not written', () => {
    let text = '';
    createLog('warn', { write: (line) => void (text += line) }).info('test.happened');
    expect(text).toBe('');
  });

  it('shares the process with no environment in crash reports', () => {
    createLog('info', { write: () => undefined });
    expect([process.report.excludeEnv, Reflect.get(process.report, 'excludeNetwork')]).toEqual([true, true]);
  });
});

describe('what may be told', () => {
  it.each([
    ['a code', toldCode, 'STORE_FULL', 'Mona Fahmy'],
    ['a route', toldRoute, '/api/v1/contacts/:id', '/contacts?name=Ada'],
    ['an address', toldAddress, 'http://127.0.0.1:8080', 'http://127.0.0.1/Ada'],
  ])('is %s of its form and nothing else', (_, told, good, bad) => {
    expect([told(good), told(bad)]).toEqual([good, 'unnamed']);
  });

  it('does not compile with free text', () => {
    const { info } = createLog('error', { write: () => undefined });
    const opened: string = 'Ada';
    // @ts-expect-error -- what somebody wrote, as a code
    info('test.happened', { code: opened });
    // @ts-expect-error -- as an id
    info('test.happened', { contact: opened });
    // @ts-expect-error -- as one of two things
    info('test.happened', { reason: Math.random() > 2 ? opened : 'none' });
    // @ts-expect-error -- inside a template
    info('test.happened', { code: `name-${opened}` });
    // @ts-expect-error -- as an error
    info('test.happened', { err: opened });
    // @ts-expect-error -- as the name of what happened
    info(opened);
    // @ts-expect-error -- under a name that no line has
    info('test.happened', { name: 'Ada' });
    info('test.happened', { code: toldCode(opened), reason: 'none', count: 1 });
    expect(true).toBe(true);
  });
});

describe('an error in a log line', () => {
  const of = (error: unknown) => (JSON.parse(logged({ err: error })) as { err: Record<string, unknown> }).err;

  it('of others shows its kind and place, never its message', () => {
    const error = Object.assign(new SyntaxError('Unexpected token in "call me on +201001234567"'), { code: 'ERR_X' });
    const reduced = of(error);
    expect(reduced).toMatchObject({ name: 'SyntaxError', code: 'ERR_X', says: null });
    expect(JSON.stringify(reduced)).not.toContain('2010');
    expect(JSON.stringify(reduced.frames)).toContain('log.unit.test.ts');
  });

  it('with a message of several lines that look like frames leaks none of them', () => {
    const reduced = of(new Error('Ada\n    at home (Lovelace:1:2)'));
    expect(JSON.stringify(reduced)).not.toMatch(/Ada|Lovelace/);
    expect(reduced.frames).not.toHaveLength(0);
  });

  it('of ours shows its sentence and its cause', () => {
    const error = new VaultFault('VAULT_WRONG_ROOT_KEY', 'expected the root key of this keyring, got another one', new Error('secret'));
    const reduced = of(error);
    expect(reduced).toMatchObject({ code: 'VAULT_WRONG_ROOT_KEY', says: 'expected the root key of this keyring, got another one' });
    expect(reduced.cause).toMatchObject({ name: 'Error', says: null });
    expect(JSON.stringify(reduced)).not.toContain('secret');
  });

  it('that is no error says so', () => {
    expect(of('Ada')).toMatchObject({ name: 'NotAnError', frames: [] });
  });
});
