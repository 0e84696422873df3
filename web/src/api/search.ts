import type { ModelRow } from "./types";

/**
 * Models that hold every word, best first: the start of a slug or name, then anywhere in them, then the
 * description; equal ones by weekly tokens, then newest. Without words, by weekly tokens.
 */
export function search<
  T extends Pick<ModelRow, "slug" | "name" | "description" | "weekly_tokens" | "created">,
>(models: readonly T[], text: string): T[] {
  const words = text
    .toLowerCase()
    .split(/[\s/]+/)
    .filter(Boolean);
  return models
    .flatMap((model) => {
      const rank = rankOf(model, words);
      return rank === null ? [] : [{ model, rank }];
    })
    .sort(
      (a, b) =>
        a.rank - b.rank ||
        b.model.weekly_tokens - a.model.weekly_tokens ||
        b.model.created - a.model.created,
    )
    .map(({ model }) => model);
}

function rankOf(
  model: Pick<ModelRow, "slug" | "name" | "description">,
  words: string[],
): number | null {
  const near = `${model.slug} ${model.name}`.toLowerCase();
  let rank = 0;
  for (const word of words) {
    const at = near.indexOf(word);
    if (at >= 0) rank += at === 0 || /[\s/:\-.(]/.test(near[at - 1] ?? "") ? 0 : 1;
    else if (model.description.toLowerCase().includes(word)) rank += 10;
    else return null;
  }
  return rank;
}
