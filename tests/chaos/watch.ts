import { callApi } from './call-api.ts';
import { rankOf } from './record.ts';

/** The furthest that any answer has shown of each reply. */
const furthest = new Map<string, number>();

type Entry = { readonly entry: string; readonly id: string; readonly state: string | null };

/** Reads a thread as an agent does. @returns what went backwards since any answer before. */
export const watchThread = async (
  { url, token, timeoutMs }: { readonly url: string; readonly token: string; readonly timeoutMs: number },
  conversationId: string,
): Promise<readonly string[]> => {
  const seenBefore = new Map(furthest);
  const answer = await callApi(url, token, { method: 'GET', path: `/conversations/${conversationId}?limit=50`, timeoutMs });
  if (answer?.status !== 200) return [];
  const { entries } = answer.body as { readonly entries: readonly Entry[] };
  return entries.flatMap(({ entry, id, state }) => {
    if (entry !== 'message') return [];
    const rank = rankOf(state);
    // Only what was known before this request left: answers of the same moment may overtake each other.
    const before = seenBefore.get(id) ?? -1;
    furthest.set(id, Math.max(rank, furthest.get(id) ?? -1));
    return rank < before ? [`reply ${id} fell back to "${state ?? 'nothing'}"`] : [];
  });
};
