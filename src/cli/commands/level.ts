/** `clusterlab level new|lint|test|schema|handout|seeds`. */
import { availableParallelism } from 'node:os'
import { usageError } from '../context.ts'
import type { CommandRecord, Options } from './contract.ts'

/** The flags of `new`. */
const NEW = ['title', 'task', 'preset', 'namespace', 'difficulty', 'languages']
const ACTIONS = ['new', 'lint', 'test', 'schema', 'handout', 'seeds']

/** An option that is a number of things, at least one. */
function count(options: Options, name: string, otherwise: number): number {
  const given = options[name]
  const n = given === undefined ? otherwise : Number(given)
  if (!Number.isInteger(n) || n < 1 || n > 1_000) throw usageError(`--${name}: "${String(given)}" is no number of ${name}`)
  return n
}

export const levelCommand: CommandRecord = {
  name: 'level',
  summary: { en: 'for authors: new, lint, test, schema, handout, seeds', es: 'para autores: new, lint, test, schema, handout, seeds' },
  define: (command) =>
    command
      .argument('<action>', ACTIONS.join(', '))
      .argument('[levels...]')
      .option('--seeds <n>', 'test: with that many seeds', '1')
      .option('--mutants', 'test: change the solutions step by step, list what still gets full marks')
      .option('--sample <n>', 'test: with --mutants, only so many of each solution')
      .option('--jobs <n>', 'test: how many at once')
      .option('--json', 'test: for programs')
      .option('--title <title>', 'new: its title; what is not said here is asked for at a terminal')
      .option('--task <task>', 'new: what to begin from: mend, build, survive')
      .option('--preset <preset>', 'new: the cluster it is played on, such as default')
      .option('--namespace <name>', "new: the player's namespace")
      .option('--difficulty <n>', 'new: 1 to 5')
      .option('--languages <languages>', 'new: en,es or en')
      .option('--roster <file>', 'seeds: students, one a line')
      .option('--key <file>', 'seeds: the secret of the course')
      .option('--out <file>', 'seeds, schema: write it there'),
  load: async () => {
    const { levelHandout, levelLint, levelSchemaOf, levelSeeds, levelTest } = await import('../grade/level-command.ts')
    const { levelNew } = await import('../grade/level-new.ts')
    return {
      run: async ([action, ...names], options, context) => {
        const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
        switch (action) {
          case 'lint':
            return levelLint(names)
          case 'test': {
            const seeds = count(options, 'seeds', 1)
            const jobs = count(options, 'jobs', availableParallelism())
            return levelTest(names, {
              seeds,
              jobs,
              ...(options['json'] === true && { json: true }),
              mutants: options['mutants'] === true,
              ...(options['sample'] !== undefined && { sample: count(options, 'sample', 1) }),
            })
          }
          case 'schema':
            if (names.length > 1)
              throw usageError('level schema: one at a time: clusterlab level schema level|translation|hidden|mutants|course|result')
            return levelSchemaOf(names[0] ?? 'level', text('out'))
          case 'new':
            if (names.length > 1) throw usageError('level new: one folder at a time: clusterlab level new COURSE/NAME')
            return levelNew(names[0], Object.fromEntries(NEW.map((name) => [name, text(name)])), context)
          case 'handout':
            if (names.length !== 2)
              throw usageError('level handout: a level and a new folder are needed: clusterlab level handout LEVEL FOLDER')
            return levelHandout(names[0]!, names[1]!)
          case 'seeds': {
            const [roster, key] = [text('roster'), text('key')]
            if (names.length !== 1 || roster === undefined || key === undefined)
              throw usageError('level seeds: a level, --roster FILE and --key FILE are needed; students get their line, never the key')
            return levelSeeds(names[0]!, roster, key, text('out'))
          }
          default:
            throw usageError(`level: there is no "${action}"; there are ${ACTIONS.join(', ')}`)
        }
      },
    }
  },
}
