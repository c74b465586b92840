/** What is run beside Nextcloud in its container: `php occ …`, `php cron.php`, the image's wrapper `occ`, and `su` to become www-data for them. */
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import { withArgv } from '../text/context.ts'
import { exists } from '../text/files.ts'
import { runCron } from './cron.ts'
import { occ, type Said } from './occ.ts'
import { ROOT, WWW_DATA } from './settings.ts'
import { PHP } from './visit.ts'

const scriptName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** PHP's command line: the two scripts of Nextcloud that are run so. */
function php(args: readonly string[], ctx: ProcessContext, uid: number): Said {
  let at = 0
  while (args[at] === '-d' || args[at] === '--define' || args[at] === '-f') at += args[at] === '-f' ? 1 : 2
  const script = args[at]
  if (script === '-v' || script === '--version')
    return {
      exitCode: 0,
      stdout: `PHP ${PHP} (cli) (built: Sep 29 2025 21:36:10) (NTS)\nCopyright (c) The PHP Group\nZend Engine v4.3.26, Copyright (c) Zend Technologies\n`,
    }
  const rest = args[at + 1] === '--' ? args.slice(at + 2) : args.slice(at + 1)
  if (script === undefined || script.startsWith('-'))
    return { exitCode: 1, stderr: 'clusterlab: of PHP only `php occ` and `php cron.php` are simulated here\n' }
  const name = scriptName(script)
  if (!exists(ctx.files, `${ROOT}/${name}`)) return { exitCode: 1, stdout: `Could not open input file: ${script}\n` }
  if (name === 'occ') return occ(rest, ctx, uid)
  if (name === 'cron.php') return runCron(ctx)
  return { exitCode: 1, stderr: `clusterlab: of PHP only \`php occ\` and \`php cron.php\` are simulated here, not ${script}\n` }
}

/** Words of a simple command; undefined where it is more than that. */
function simple(text: string): string[] | undefined {
  if (/[|&;<>`$(){}\n]/.test(text)) return undefined
  return [...text.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map((m) =>
    m[0].replace(/'([^']*)'|"([^"]*)"/g, (_, a?: string, b?: string) => a ?? b ?? ''),
  )
}

function asWwwData(command: string, ctx: ProcessContext): Said {
  const words = simple(command)?.filter((w) => w !== 'exec')
  const assigned: Record<string, string> = {}
  while (words?.[0] !== undefined && /^\w+=/.test(words[0])) {
    const word = words.shift()!
    assigned[word.slice(0, word.indexOf('='))] = word.slice(word.indexOf('=') + 1)
  }
  const own = Object.keys(assigned).length === 0 ? ctx : withArgv(ctx, ctx.argv, { ...ctx.env, ...assigned })
  if (words?.[0] === undefined || scriptName(words[0]) !== 'php')
    return { exitCode: 1, stderr: 'clusterlab: su runs only a simple `php …` command here\n' }
  return php(words.slice(1), own, WWW_DATA)
}

export const nextcloudCommands: readonly ContainerCommand[] = [
  { executables: ['php'], run: ({ argv, ctx }) => php(argv.slice(1), ctx, ctx.uid) },
  {
    executables: ['occ'],
    run({ argv, ctx }) {
      if (!exists(ctx.files, `${ROOT}/occ`)) return { exitCode: 1, stderr: 'Unable to run `occ`: No such file or directory\n' }
      return occ(argv.slice(1), ctx, ctx.uid === 0 ? WWW_DATA : ctx.uid)
    },
  },
  {
    executables: ['su'],
    run({ argv, ctx }) {
      const at = argv.findIndex((a) => a === '-c' || a === '--command')
      const user = argv
        .slice(1)
        .filter((a, i, all) => !a.startsWith('-') && !['-s', '-c', '--shell', '--command'].includes(all[i - 1] ?? ''))[0]
      if (user !== 'www-data')
        return {
          exitCode: 1,
          stderr: `su: user ${user ?? 'root'} does not exist or the user entry does not contain all the required fields\n`,
        }
      if (ctx.uid !== 0 && ctx.uid !== WWW_DATA) return { exitCode: 1, stderr: 'Password: su: Authentication failure\n' }
      return at < 0 ? { exitCode: 0 } : asWwwData(argv[at + 1] ?? '', ctx)
    },
  },
]
