/**
 * kubectl's entry: finds the command, parses its flags, runs the verb and words its failure (cmd.go and cobra's Execute).
 */
import { targetOf } from './config/access.ts'
import type { KubectlHost, KubectlRun, KubectlYield, Steps } from './contract.ts'
import { CommandError, failureText, isReportable, usageError } from './errors.ts'
import { helpText } from './flags/help.ts'
import { HelpWanted, type ParsedArguments, parseFlags } from './flags/pflag.ts'
import { factsOf, findCommand, unknownCommand } from './flags/tree.ts'
import { refusal } from './flags/without-effect.ts'
import { Kube } from './kube.ts'
import type { VerbContext, VerbDefinition } from './verb.ts'
import { verbByPath } from './verbs/index.ts'

/** Commands that show their help and are content with that. */
const HELPFUL = new Set(['kubectl', 'kubectl certificate'])

/** Runs one command line; `argv[0]` is `kubectl`. The generator's return value is the exit code. */
export function* runKubectl(argv: readonly string[], host: KubectlHost): KubectlRun {
  const found = findCommand(argv.slice(1))
  let parsed: ParsedArguments
  try {
    parsed = parseFlags(found.rest, found.definitions)
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield { out: helpText(found.path) }
      return 0
    }
    if (!(error instanceof CommandError)) throw error
    yield { err: `error: ${error.message}\nSee '${found.path} --help' for usage.\n` }
    return 1
  }
  const verb = verbByPath(found.path)
  const typed = parsed.args[0]
  if ((factsOf(found.path)?.subcommands.length ?? 0) > 0 && verb === undefined) {
    if (typed === undefined || found.path !== 'kubectl') {
      const bare = HELPFUL.has(found.path)
      if (bare && typed !== undefined && found.path !== 'kubectl') {
        yield { out: helpText(found.path) }
        return 0
      }
      // A command that only groups others shows its help and fails.
      yield typed === undefined
        ? { out: helpText(found.path) }
        : { err: failureText(usageError(found.path, `unknown command ${JSON.stringify(typed)}`)).text }
      return typed === undefined && bare ? 0 : 1
    }
    yield { err: failureText(unknownCommand(found.path, typed)).text }
    return 1
  }
  if (verb === undefined) {
    yield { err: `error: ${found.path.slice('kubectl '.length)} is not available here\n` }
    return 1
  }
  const refused = refusal(found.path, parsed.flags)
  if (refused !== undefined) {
    yield { err: `error: ${refused}\n` }
    return 1
  }
  return yield* runVerb(verb, found.path, parsed, host)
}

/** Text gathered since the last yield, neighbours of one stream joined. */
class Pending {
  #chunks: KubectlYield[] = []

  add(stream: 'out' | 'err', text: string): void {
    if (text === '') return
    const last = this.#chunks[this.#chunks.length - 1] as Record<string, string> | undefined
    if (last !== undefined && stream in last)
      this.#chunks[this.#chunks.length - 1] = (stream === 'out' ? { out: last.out + text } : { err: last.err + text }) as KubectlYield
    else this.#chunks.push(stream === 'out' ? { out: text } : { err: text })
  }

  take(): readonly KubectlYield[] {
    const taken = this.#chunks
    this.#chunks = []
    return taken
  }
}

function contextOf(path: string, parsed: ParsedArguments, host: KubectlHost, pending: Pending, warned: () => void): VerbContext {
  let kube: Kube | undefined
  return {
    path,
    ...parsed,
    host,
    get kube() {
      kube ??= new Kube(host, targetOf(host, parsed.flags), (text) => {
        warned()
        pending.add('err', text)
      })
      return kube
    },
    out: (text) => pending.add('out', text),
    err: (text) => pending.add('err', text),
  }
}

function* runVerb(verb: VerbDefinition, path: string, parsed: ParsedArguments, host: KubectlHost): KubectlRun {
  const pending = new Pending()
  for (const text of parsed.flags.deprecations) pending.add('err', text)
  let warnings = 0
  const counted = (): void => {
    warnings++
  }
  const steps: Steps<number | undefined> = verb.run(contextOf(path, parsed, host, pending, counted))
  let exitCode = 0
  try {
    let step = steps.next()
    for (;;) {
      yield* pending.take()
      if (step.done === true) {
        exitCode = step.value ?? 0
        if (warnings > 0 && exitCode === 0 && parsed.flags.bool('warnings-as-errors'))
          throw new CommandError(`${warnings} warning${warnings === 1 ? '' : 's'} received`)
        break
      }
      step = steps.next(yield step.value)
    }
  } catch (error) {
    if (!isReportable(error)) throw error
    const failure = failureText(error)
    pending.add('err', failure.text)
    exitCode = failure.exitCode
  } finally {
    steps.return(130)
  }
  yield* pending.take()
  return exitCode
}
