// Ends of an unfortunate process, each with the words of its argument in hand: run by a test as a child process.
import { endOnUncaught } from '#infra/cli/last-resort.ts';
import { createLog } from '#infra/log.ts';

const [way = '', words = ''] = process.argv.slice(2).map((text) => Buffer.from(text, 'base64').toString('utf8'));
if (way !== 'without-the-guard') endOnUncaught(createLog('debug'));
const held = { said: words };
switch (way) {
  case 'throw':
  case 'without-the-guard':
    setTimeout(() => {
      throw new Error(`cannot handle ${held.said}`, { cause: new SyntaxError(`unexpected ${held.said}`) });
    });
    break;
  case 'reject':
    void Promise.reject(Object.assign(new TypeError(held.said), { code: held.said }));
    break;
  case 'throw-text':
    setTimeout(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error -- libraries do
      throw held.said;
    });
    break;
  case 'quit':
    setTimeout(() => process.kill(process.pid, 'SIGQUIT'));
    setTimeout(() => undefined, 5_000);
    break;
  default:
    process.exitCode = 2;
}
