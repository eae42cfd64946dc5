import { type KernelInfoReply, PROTOCOL_VERSION } from '../wire/messages.js';

/** kernel_info_reply: who we are and what we speak. */
export function kernelInfoReply(versions: {
  readonly kernel: string;
  readonly typescript: string;
}): KernelInfoReply {
  return {
    status: 'ok',
    protocol_version: PROTOCOL_VERSION,
    implementation: 'heed',
    implementation_version: versions.kernel,
    language_info: {
      name: 'typescript',
      version: versions.typescript,
      mimetype: 'text/typescript',
      file_extension: '.ts',
      pygments_lexer: 'typescript',
      codemirror_mode: 'typescript',
      nbconvert_exporter: 'script',
    },
    banner: `Heed ${versions.kernel}: TypeScript ${versions.typescript} on Node ${process.versions.node}`,
    debugger: false,
    help_links: [
      { text: 'TypeScript', url: 'https://www.typescriptlang.org/docs/' },
      { text: 'Node.js', url: 'https://nodejs.org/docs/latest/api/' },
      { text: 'TensorFlow.js', url: 'https://js.tensorflow.org/api/latest/' },
    ],
    supported_features: [],
  };
}
