import type { FrozenPhrases } from './phrases-lexicon.js';
import { combination } from './phrases-meaning.js';
import { phraseTables } from './phrases-tables.js';

/** Every combination of two words that a phrase can hold, once each: what the splits divide. */
export function* allCombinations(
  lexicon: Pick<FrozenPhrases, 'nouns' | 'adjectives' | 'verbs'>,
): Generator<string> {
  const tables = phraseTables(lexicon, () => true);
  for (const [noun, [singular, plural]] of tables.determiners) {
    for (const determiner of singular) yield combination.determiner(determiner, false, noun);
    for (const determiner of plural) yield combination.determiner(determiner, true, noun);
  }
  for (const [noun, numbers] of tables.numbers)
    for (const value of [...numbers[1], ...numbers[2]]) yield combination.number(value, noun);
  for (const [noun, adjectives] of tables.adjectives)
    for (const adjective of adjectives) yield combination.adjective(adjective, noun);
  for (const [noun, owners] of tables.owners) for (const owner of owners) yield combination.of(noun, owner);
  for (const [subject, verbs] of tables.verbs)
    for (const verb of verbs) yield combination.subject(subject, verb);
  for (const [role, table] of Object.entries(tables.roles))
    for (const [verb, nouns] of table)
      for (const noun of nouns) yield combination.role(role as keyof typeof tables.roles, verb, noun);
}
