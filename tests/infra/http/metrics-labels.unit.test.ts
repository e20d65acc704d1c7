import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { plain } from '#domain/personal.ts';
import { counter, gauge, histogram } from '#infra/http/metrics/closed.ts';
import { toldCode } from '#infra/log.ts';
import { ROOT } from '#infra/tooling/root.ts';

const named = (name: string) => ({ name, help: 'A number.', labelNames: ['part'] as const, registers: [new Registry()] });

describe('the labels of metrics', () => {
  it('do not compile with free text or a personal value', () => {
    const [count, size, time] = [counter(named('a_total')), gauge(named('b')), histogram(named('c'))];
    const opened: string = 'Ada';
    // @ts-expect-error -- what somebody wrote
    count.inc({ part: opened });
    // @ts-expect-error -- what somebody wrote, or a code
    size.set({ part: Math.random() > 2 ? opened : 'log' }, 1);
    // @ts-expect-error -- inside a template
    time.observe({ part: `of ${opened}` }, 1);
    // @ts-expect-error -- a label that the metric does not have
    expect(() => count.inc({ name: 'Ada' })).toThrow();
    // @ts-expect-error -- a personal value
    expect(() => size.set({ part: plain('Ada') }, 1)).not.toThrow();
    count.inc({ part: 'log' });
    count.inc({ part: toldCode(opened) }, 2);
    size.set({ part: 3 }, 1);
  });

  it('are those of one file, which alone makes metrics', () => {
    const makers = globSync('infra/**/*.ts', { cwd: ROOT }).filter((file) =>
      /import[^;]*\b(?:Counter|Gauge|Histogram|Summary)\b[^;]*from 'prom-client'/u.test(readFileSync(join(ROOT, file), 'utf8')),
    );
    expect(makers).toEqual(['infra/http/metrics/closed.ts']);
  });
});
