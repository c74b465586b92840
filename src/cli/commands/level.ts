/** `clusterlab level new|lint|test|schema`. */
import { usageError } from '../context.ts'
import type { CommandRecord } from './contract.ts'

const ACTIONS = ['new', 'lint', 'test', 'schema']

export const levelCommand: CommandRecord = {
  name: 'level',
  summary: { en: 'for authors: new, lint, test, schema', es: 'para autores: new, lint, test, schema' },
  define: (command) =>
    command
      .argument('<action>', ACTIONS.join(', '))
      .argument('[levels...]')
      .option('--seeds <n>', 'test: with that many seeds', '1')
      .option('--mutants', 'test: change the solutions step by step, list what still gets full marks')
      .option('--json', 'test: for programs')
      .option('--title <title>', 'new: its title', 'A new level'),
  load: async () => {
    const { levelJsonSchema, levelLint, levelNew, levelTest } = await import('../grade/level-command.ts')
    return {
      run: async ([action, ...names], options, { stdout }) => {
        switch (action) {
          case 'lint':
            return levelLint(names)
          case 'test': {
            const seeds = Number(options['seeds'])
            if (!Number.isInteger(seeds) || seeds < 1) throw usageError(`--seeds: "${String(options['seeds'])}" is no number of seeds`)
            return levelTest(names, { seeds, ...(options['json'] === true && { json: true }), mutants: options['mutants'] === true })
          }
          case 'schema':
            stdout.write(levelJsonSchema())
            return 0
          case 'new':
            if (names.length !== 1) throw usageError('level new: a folder is needed: clusterlab level new levels/COURSE/NAME')
            return levelNew(names[0]!, String(options['title']))
          default:
            throw usageError(`level: there is no "${action}"; there are ${ACTIONS.join(', ')}`)
        }
      },
    }
  },
}
