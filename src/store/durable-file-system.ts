import fs from 'node:fs';
import type { PGlite } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

/** What Emscripten's NODEFS gives a stream operation: an open file has a descriptor, a folder only its node. */
interface NodeStream {
  readonly nfd?: number | null;
  readonly node: object;
}

interface NodeModule {
  readonly NODEFS: {
    readonly realPath: (node: object) => string;
    readonly stream_ops: { fsync?: (stream: NodeStream) => number };
  };
}

type Started = Awaited<ReturnType<NodeFS['init']>>;
type StartOptions = Parameters<NodeFS['init']>[1];

/**
 * A data folder in which a committed transaction survives a power cut.
 *
 * Emscripten's NODEFS has no fsync, so that PostgreSQL's own fsync calls reach nothing. This adds the missing call.
 * PGlite must also be started without `-F` and with `wal_sync_method=fsync`, because its `fdatasync` is empty.
 */
export class DurableFileSystem extends NodeFS {
  override async init(database: PGlite, options: StartOptions): Promise<Started> {
    const { emscriptenOpts } = await super.init(database, options);
    const addFsync = (module: NodeModule): void => {
      module.NODEFS.stream_ops.fsync = (stream) => fsync(module, stream);
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), addFsync] } };
  }
}

function fsync(module: NodeModule, stream: NodeStream): number {
  if (typeof stream.nfd === 'number') {
    fs.fsyncSync(stream.nfd);
    return 0;
  }
  const descriptor = fs.openSync(module.NODEFS.realPath(stream.node), 'r');
  try {
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
  return 0;
}
