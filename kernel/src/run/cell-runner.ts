import type { Channel, Message } from '../wire/index.js';
import { type Claim, claimIn, describeClaim } from './claims.js';
import { type CodeCell, type Output, tagsOf } from './notebook.js';
import { OutputStore } from './outputs.js';
import { type KernelProcess, within } from './process.js';
import type { CellStatus, ExecuteOptions } from './results.js';

const parentOf = (message: Message): string => message.parent_header.msg_id ?? '';

/** How an attempt to run a cell ended. */
export interface Ending {
  readonly status: CellStatus;
  readonly message: string;
  /** The cell threw, whether or not it was meant to. */
  readonly threw?: boolean;
  /** There is no kernel any more that could run another cell. */
  readonly kernelEnded?: boolean;
}

/** The state of one run: which request belongs to which cell, and what was published for it. */
export class CellRunner {
  readonly #kernel: KernelProcess;
  readonly #settings: ExecuteOptions;
  readonly #store = new OutputStore();
  readonly #claims = new Map<string, Claim[]>();
  readonly #cellOf = new Map<string, string>();
  readonly #errors = new Map<string, Extract<Output, { output_type: 'error' }>>();
  readonly #stopListening: () => void;
  /** What a cell asked the user, although it was told that nobody answers. */
  readonly #prompts = new Map<string, string>();

  constructor(kernel: KernelProcess, settings: ExecuteOptions) {
    this.#kernel = kernel;
    this.#settings = settings;
    // What arrives late still belongs to the cell that caused it.
    this.#stopListening = kernel.client.listen((channel, message) => this.#receive(channel, message));
  }

  close(): void {
    this.#stopListening();
  }

  claimsOf(cell: string): readonly Claim[] {
    return this.#claims.get(cell) ?? [];
  }

  ran(cell: string): boolean {
    return [...this.#cellOf.values()].includes(cell);
  }

  outputsOf(cell: CodeCell): Output[] {
    const outputs = this.#store.of(cell.id);
    const error = this.#errors.get(cell.id);
    // Some kernels reply with an error that they never published; the stored notebook must show it.
    return error && !outputs.some((output) => output.output_type === 'error') ? [...outputs, error] : outputs;
  }

  async cell(cell: CodeCell, { afterError }: { afterError: boolean }): Promise<Ending> {
    let end = await this.#attempt(cell);
    // A kernel may refuse all requests for a moment after an error; one that was expected must not cost the next cell.
    if (end.status === 'aborted' && afterError) {
      await new Promise((done) => setTimeout(done, 500));
      end = await this.#attempt(cell);
    }
    return end;
  }

  async #attempt(cell: CodeCell): Promise<Ending> {
    const mayThrow = tagsOf(cell).includes('raises-exception');
    const exchange = this.#request(cell, { stopOnError: !mayThrow });
    const outcome = await this.#outcome(exchange);
    if (outcome === 'died')
      return {
        status: 'died',
        message: `the kernel ${await this.#kernel.ended}${this.#lastWords()}`,
        kernelEnded: true,
      };
    if (outcome === 'late') return this.#interrupt(exchange);
    const reply = outcome.content;
    if (typeof reply.execution_count === 'number') cell.execution_count = reply.execution_count;
    const prompt = this.#prompts.get(cell.id);
    if (prompt !== undefined)
      return {
        status: 'stdin',
        message: `it asks for input ("${prompt.trim()}"), and nobody is there to answer. Use a parameter instead of a prompt.`,
      };
    return this.#judge(cell, reply, { mayThrow });
  }

  #judge(cell: CodeCell, reply: Record<string, unknown>, { mayThrow }: { mayThrow: boolean }): Ending {
    const status = String(reply.status);
    if (status.startsWith('abort'))
      return { status: 'aborted', message: 'the kernel refused to run it (aborted)' };
    const shown = this.#store.of(cell.id).find((output) => output.output_type === 'error');
    const threw = status !== 'ok' || shown !== undefined;
    if (status !== 'ok') {
      this.#errors.set(cell.id, {
        output_type: 'error',
        ename: String(reply.ename ?? 'Error'),
        evalue: String(reply.evalue ?? ''),
        traceback: Array.isArray(reply.traceback) ? reply.traceback.map(String) : [],
      });
    }
    if (threw && !mayThrow) return { status: 'error', threw, message: this.#errorText(cell) };
    if (!threw && mayThrow)
      return {
        status: 'error',
        message: 'it is tagged raises-exception but did not throw. Remove the tag, or mend what it shows.',
      };
    if (!threw && cell.execution_count === null)
      return { status: 'aborted', message: 'the kernel replied without an execution count: it was not run' };
    const broken = this.claimsOf(cell.id).filter((claim) => !claim.holds);
    if (broken.length > 0) return { status: 'claim', threw, message: broken.map(describeClaim).join('; ') };
    return { status: 'ok', threw, message: '' };
  }

  #errorText(cell: CodeCell): string {
    const outputs = this.outputsOf(cell);
    const error = outputs.find((output) => output.output_type === 'error');
    const line = [error?.ename, error?.evalue].filter(Boolean).join(': ');
    const stderr = outputs.find((output) => output.output_type === 'stream' && output.name === 'stderr');
    // Kernels that send no error message print it instead.
    const printed = stderr?.output_type === 'stream' ? stderr.text.trim().split('\n')[0] : '';
    return error?.evalue ? line : printed || line || 'an error without a message';
  }

  async #outcome(exchange: Promise<Message>): Promise<Message | 'died' | 'late'> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((done) => {
      timer = setTimeout(() => done('late'), this.#settings.timeout * 1000);
    });
    try {
      return await Promise.race([exchange, this.#kernel.ended.then(() => 'died' as const), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #interrupt(exchange: Promise<Message>): Promise<Ending> {
    await this.#kernel.interrupt();
    const stopped = await within(exchange, this.#settings.grace);
    if (!stopped) await this.#kernel.kill();
    const after = stopped ? 'interrupted' : 'it did not stop when interrupted, so the kernel was killed';
    return {
      status: 'timeout',
      threw: stopped,
      kernelEnded: !stopped,
      message: `it took longer than ${this.#settings.timeout} s; ${after}. Allow more with --timeout SECONDS.`,
    };
  }

  async #request(cell: CodeCell, { stopOnError }: { stopOnError: boolean }): Promise<Message> {
    const content = {
      code: cell.source,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: stopOnError,
    };
    // Outputs may come after the reply, never after idle: only both together end a cell.
    const exchange = await this.#kernel.client.request('shell', 'execute_request', content, {
      timeout: 0,
      onMessage: (channel, message) => {
        const id = parentOf(message);
        if (this.#cellOf.has(id)) return;
        this.#cellOf.set(id, cell.id);
        this.#receive(channel, message);
      },
    });
    return exchange.reply;
  }

  #receive(channel: Channel, message: Message): void {
    const cell = this.#cellOf.get(parentOf(message));
    if (cell === undefined) return;
    if (channel === 'stdin') void this.#refuseInput(message);
    if (channel === 'iopub') this.#publish(cell, message);
  }

  #publish(cell: string, message: Message): void {
    const published = { type: message.header.msg_type, content: message.content };
    this.#store.apply(cell, published);
    const claim = claimIn(published);
    if (claim) this.#claims.set(cell, [...(this.#claims.get(cell) ?? []), claim]);
  }

  async #refuseInput(message: Message): Promise<void> {
    if (message.header.msg_type !== 'input_request') return;
    this.#prompts.set(this.#cellOf.get(parentOf(message))!, String(message.content.prompt ?? ''));
    await this.#kernel.client.send('stdin', 'input_reply', { value: '' }, { parent: message.header });
  }

  #lastWords(): string {
    const words = this.#kernel.stderr.trim();
    return words ? `. It printed last:\n${words.split('\n').slice(-8).join('\n')}` : '';
  }
}
