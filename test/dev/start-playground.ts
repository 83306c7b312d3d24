import { startPlayground } from '../../src/dev/playground.ts';
import { playgroundOptions } from './playground-options.ts';

// A process of its own that starts a window and then waits to be killed. Prints the window's address.
const [folder = ''] = process.argv.slice(2);
const { url } = await startPlayground(playgroundOptions({ folder }));
process.stdout.write(`${url}\n`);
