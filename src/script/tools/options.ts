/** getopt(3) for tools: short options joined or apart, long ones with `=`, permuted operands, `--`; messages as GNU and busybox print them. */

export interface Options {
  /** Letter or long name → value (`''` for a flag), the last one given. */
  readonly given: ReadonlyMap<string, string>
  /** All of them, in order. */
  readonly list: readonly (readonly [string, string])[]
  readonly words: readonly string[]
  /** Set when the arguments are wrong. */
  readonly error?: string
}

/**
 * Parses arguments. `spec`: letters, each followed by `:` when it takes a value; `long`: long names to letters (with `=` after the
 * letter when they take a value, which may be optional with `?`). `stopAtWord`: operands end the options (xargs, env).
 */
export function parseOptions(
  argv: readonly string[],
  spec: string,
  long: Readonly<Record<string, string>> = {},
  stopAtWord = false,
): Options {
  const given = new Map<string, string>()
  const list: [string, string][] = []
  const words: string[] = []
  const put = (name: string, value: string) => {
    given.set(name, value)
    list.push([name, value])
  }
  const fail = (text: string): Options => ({
    given,
    list,
    words,
    error: `${argv[0]}: ${text}\nTry '${argv[0]} --help' for more information.\n`,
  })
  for (let i = 1; i < argv.length; i++) {
    const word = argv[i]!
    if (word === '--') {
      words.push(...argv.slice(i + 1))
      break
    }
    if (word.startsWith('--')) {
      const [name, ...rest] = word.slice(2).split('=')
      const found = Object.keys(long).find((key) => key === name) ?? Object.keys(long).find((key) => key.startsWith(name!))
      if (found === undefined) return fail(`unrecognized option '${word}'`)
      const target = long[found]!
      const letter = target.replace(/[=?]$/, '')
      if (target.endsWith('=')) {
        const value = rest.length > 0 ? rest.join('=') : argv[++i]
        if (value === undefined) return fail(`option '--${found}' requires an argument`)
        put(letter, value)
      } else put(letter, rest.join('='))
    } else if (word.startsWith('-') && word !== '-') {
      for (let k = 1; k < word.length; k++) {
        const letter = word[k]!
        const at = letter === ':' ? -1 : spec.indexOf(letter)
        if (at < 0) return fail(`invalid option -- '${letter}'`)
        if (spec[at + 1] !== ':') {
          put(letter, '')
          continue
        }
        const value = k + 1 < word.length ? word.slice(k + 1) : argv[++i]
        if (value === undefined) return fail(`option requires an argument -- '${letter}'`)
        put(letter, value)
        break
      }
    } else {
      words.push(word)
      if (stopAtWord) {
        words.push(...argv.slice(i + 1))
        break
      }
    }
  }
  return { given, list, words }
}
