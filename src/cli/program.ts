/** The `clusterlab` command line: global options, commands from their registry, exit codes. Nothing here loads a command's code before it is wanted. */
import { Command, CommanderError, Option } from 'commander'
import { closest } from '../levels/loader/problems.ts'
import { ENGINE_VERSION } from '../session/version.ts'
import type { Lang } from '../shell/contract.ts'
import type { Options, Run } from './commands/contract.ts'
import { commands } from './commands/index.ts'
import { CliError, type Context, EXIT } from './context.ts'
import { languageFrom } from './language.ts'

const SUMMARY = {
  en: 'A Kubernetes lab that lives in the terminal. Without a command: the game.',
  es: 'Un laboratorio de Kubernetes que vive en la terminal. Sin comando: el juego.',
} satisfies Record<Lang, string>

interface Streams {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
}

const withGlobals = (command: Command): Command =>
  command
    .addOption(new Option('--lang <lang>', 'language: en, es').choices(['en', 'es']))
    .option('--no-color', 'no colours')
    .helpOption('-h, --help', 'help')

function contextOf(streams: Streams, options: Options): Context {
  const chosen = typeof options['lang'] === 'string' ? options['lang'] : undefined
  const plain = options['color'] === false || (streams.env['NO_COLOR'] ?? '') !== ''
  return { ...streams, lang: languageFrom(chosen, streams.env), langGiven: chosen !== undefined, noColour: plain }
}

/** `--lang` wherever it stands, for the help's language. */
function languageOf(argv: readonly string[], env: Streams['env']): Lang {
  const at = argv.findIndex((a) => a === '--lang' || a.startsWith('--lang='))
  return languageFrom(at < 0 ? undefined : argv[at]!.includes('=') ? argv[at]!.slice(7) : argv[at + 1], env)
}

/** Runs a command line (without node and script). Resolves to the exit code; throws only what is a bug of ours. */
export async function runProgram(argv: readonly string[], streams: Streams): Promise<number> {
  let code = 0
  const lang = languageOf(argv, streams.env)
  const act = async (load: () => Promise<{ readonly run: Run }>, args: readonly string[], options: Options): Promise<void> => {
    const { run } = await load()
    code = await run(args, options, contextOf(streams, options))
  }
  const output = {
    writeOut: (text: string) => void streams.stdout.write(text),
    writeErr: (text: string) => void streams.stderr.write(text),
  }
  const program = withGlobals(new Command('clusterlab'))
    .description(SUMMARY[lang])
    .version(ENGINE_VERSION, '-V, --version')
    .exitOverride()
    .configureOutput(output)
    .showSuggestionAfterError()
  program.helpCommand(false).allowExcessArguments(false).enablePositionalOptions()
  for (const record of commands) {
    const command = withGlobals(record.define(program.command(record.name)))
    command.description(record.summary[lang]).exitOverride().configureOutput(output).allowExcessArguments(false)
    command.action(async (...given: unknown[]) => {
      const { args } = command
      void given
      await act(record.load, args, { ...program.opts(), ...command.opts() })
    })
  }
  program.argument('[command]').action(async (word: string | undefined) => {
    if (word !== undefined) program.error(unknownCommand(word), { exitCode: EXIT.usage, code: 'clusterlab.unknown' })
    await act(async () => ({ run: (await import('./play.ts')).runList }), [], program.opts())
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    if (!(error instanceof CliError)) throw error
    streams.stderr.write(`clusterlab: ${error.message}\n`)
    return error.code
  }
}

function unknownCommand(word: string): string {
  const names = commands.map((c) => c.name)
  const near = closest(word, names)
  return `error: unknown command '${word}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`
}
