import junit, { type Builder } from 'junit-report-builder';
import { describeClaim } from './claims.js';
import { passed } from './results.js';
import type { NotebookResult } from './run.js';

/** The results as JSON: a notebook an entry, a cell an entry, with its claims. */
export function jsonReport(results: readonly NotebookResult[]): string {
  const report = {
    passed: results.every((result) => result.passed),
    notebooks: results.map(({ path, passed: all, error, seconds, cells, kernel }) => ({
      notebook: path,
      kernel,
      passed: all,
      ...(error ? { error } : {}),
      seconds: rounded(seconds),
      cells: cells.map((cell) => ({ ...cell, seconds: rounded(cell.seconds) })),
    })),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

/** The results as JUnit XML: a notebook a suite, a cell a test case, a claim a test case. */
export function junitReport(results: readonly NotebookResult[]): string {
  // Its types describe an ES module, while Node loads the CommonJS form, whose default is the builder itself.
  const builder = (junit as unknown as Builder).newBuilder();
  for (const { path, error, seconds, cells } of results) {
    const suite = builder.testSuite().name(path).time(rounded(seconds));
    if (error) suite.testCase().className(path).name('notebook').error(clean(error));
    for (const { number, id, status, message, seconds: time, claims } of cells) {
      const test = suite.testCase().className(path).name(`cell ${number} (${id})`).time(rounded(time));
      if (status === 'skipped' || status === 'empty') test.skipped();
      else if (status === 'error' || status === 'claim') test.failure(clean(message), status);
      else if (!passed(status)) test.error(clean(message), status);
      for (const claim of claims) {
        const claimTest = suite
          .testCase()
          .className(path)
          .name(clean(`cell ${number} claim: ${claim.name}`));
        if (!claim.holds) claimTest.failure(clean(describeClaim(claim)), 'claim');
      }
    }
  }
  return builder.build();
}

const rounded = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Control characters have no place in XML, not even escaped. */
const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  text.replace(/\u001b\[[0-9;]*m/g, '').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
