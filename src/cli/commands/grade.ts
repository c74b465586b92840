/** `clusterlab grade LEVEL SUBMISSION…`. */
import { availableParallelism } from 'node:os'
import { usageError } from '../context.ts'
import { startWorker } from '../grade/pool.ts'
import type { CommandRecord } from './contract.ts'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export const gradeCommand: CommandRecord = {
  name: 'grade',
  summary: {
    en: 'grade submissions: journals, scripts, manifests, folders',
    es: 'evaluar entregas: diarios, scripts, manifiestos, carpetas',
  },
  define: (command) =>
    command
      .argument('<level>')
      .argument('<submission...>')
      .option('--format <format>', 'text, json, junit, tap, gradescope, classroom50, github-classroom, csv, markdown, html', 'text')
      .option('--out <file>', 'write the report there')
      .option('--jobs <n>', 'how many at once')
      .option('--seed <seed>', 'what variants are drawn from; a journal names its own', '0')
      .option('--roster <file>', 'students, one a line: each has a seed of their own (level seeds lists them)')
      .option('--key <file>', 'the secret of the course, with --roster'),
  load: async () => {
    // Whatever is graded is graded by a worker: it loads the program while this thread does.
    const worker = startWorker()
    const { grade } = await import('../grade/grade.ts')
    return {
      run: async (args, options, context) => {
        const jobs = options['jobs'] === undefined ? availableParallelism() : Number(options['jobs'])
        if (!Number.isInteger(jobs) || jobs < 1 || jobs > 256)
          throw usageError(`--jobs: "${String(options['jobs'])}" is no number of jobs (1 to 256)`)
        const [out, roster, key] = [text(options['out']), text(options['roster']), text(options['key'])]
        if (roster !== undefined && key === undefined)
          throw usageError('--roster needs --key FILE: the secret that the seeds are derived from')
        if (key !== undefined && roster === undefined) throw usageError('--key needs --roster FILE: the students, one a line')
        const lang = text(options['format']) === 'text' || context.langGiven ? context.lang : 'en'
        return grade(args[0]!, args.slice(1), {
          format: String(options['format']),
          jobs,
          seed: String(options['seed']),
          lang,
          worker,
          ...(out !== undefined && { out }),
          ...(roster !== undefined && { roster }),
          ...(key !== undefined && { key }),
        })
      },
    }
  },
}
