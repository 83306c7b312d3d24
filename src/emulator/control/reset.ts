import type { ControlOperation } from './call.ts';

export const reset: ControlOperation = {
  method: 'POST',
  path: 'emulator/reset',
  handle: (call) => {
    call.reset();
    return { status: 204 };
  },
};
