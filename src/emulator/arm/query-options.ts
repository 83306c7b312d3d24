import { badRequest } from '../reply.ts';

/** Known wherever there are pages. */
const skipToken = '$skiptoken';

/**
 * The query with its options in the spelling of `known`: ARM takes them whatever their case. Throws `Refusal` for an
 * option that would be ignored, and for one that comes twice.
 */
export function checkedQuery(query: URLSearchParams, known: readonly string[]): URLSearchParams {
  const all = [...known, skipToken];
  const checked = new URLSearchParams();
  for (const [written, value] of query) {
    const name = written.startsWith('$') ? all.find((option) => option.toLowerCase() === written.toLowerCase()) : written;
    if (name === undefined) {
      throw badRequest(`The query option ${written} is not supported here. Supported: ${all.join(', ')}.`);
    }
    if (name.startsWith('$') && checked.has(name)) {
      throw badRequest(`The query option ${written} must be given once.`);
    }
    checked.append(name, value);
  }
  return checked;
}
