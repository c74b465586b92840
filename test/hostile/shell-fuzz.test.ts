/**
 * Command lines drawn from a grammar of pipes, quotes, substitutions, redirections, loops and tools: whatever comes, grading gives a result
 * within the budget, nothing is thrown, and the same line gives the same result again. HOSTILE_RUNS draws more, HOSTILE_SEED others.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Examination, MAX_EFFORT } from '../../src/grading/run.ts'
import { levelOf } from '../grading/level.ts'

const examination = new Examination(levelOf({ checks: '- {id: a, title: A, points: 1, state: {kind: ConfigMap, name: wanted}}' }))

const word = fc.constantFrom(
  ...['a', 'f', '*', '"$x"', "'b c'", '$x', '${x:-d}', '${x##*a}', '${x//a/bb}', '${#x}', '$((1+2))', '$((x*3))', '{1..5}', '~', '/', '-n'],
  ...[
    '..',
    '/dev/null',
    '/dev/urandom',
    '$?',
    '$@',
    '$RANDOM',
    '\\',
    '""',
    '-',
    '--',
    '-1',
    '1e9',
    '%s%s',
    '[a-z]*',
    '(',
    '\u202e',
    'é',
    '\u0001',
  ],
)
const tool = fc.constantFrom(
  ...[
    'echo',
    'printf',
    'cat',
    'head -c 100',
    'tail -n 3',
    'grep',
    'sed s/a/b/',
    'awk {print}',
    'sort',
    'uniq -c',
    'wc',
    'cut -c1-3',
    'tr a b',
  ],
  ...[
    'seq 50',
    'jq .',
    'yq .',
    'base64',
    'xargs echo',
    'tee f',
    'find .',
    'ls -la',
    'mkdir',
    'rm -rf',
    'cp',
    'mv',
    'ln -s',
    'touch',
    'date',
  ],
  ...[
    'env',
    'sleep 1',
    'timeout 1 sleep 5',
    'kubectl get',
    'kubectl apply -f',
    'kubectl run',
    'kubectl delete pod',
    'kubectl get pods -o',
    'diff',
  ],
  ...[
    'read x',
    'cd',
    'eval',
    'test',
    'export',
    'local x',
    'set -e',
    'trap',
    'kill',
    'wait',
    'exit',
    'return',
    'shift',
    'x=',
    'a+=(',
    'helm',
    'undo',
  ],
  ...[
    'openssl rand -hex',
    'curl -s',
    'dig',
    'nc -z',
    'watch',
    'kubectl explain',
    'kubectl patch cm c -p',
    'kubectl exec',
    'kubectl logs',
    'check',
  ],
)
const { line } = fc.letrec<{ line: string; command: string }>((tie) => ({
  command: fc.tuple(tool, fc.array(word, { maxLength: 4 })).map(([name, words]) => [name, ...words].join(' ')),
  line: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    tie('command'),
    fc.tuple(tie('line'), fc.constantFrom(' | ', ' && ', ' || ', '; ', ' & ', '\n', ' |& '), tie('line')).map((parts) => parts.join('')),
    fc.tuple(tie('command'), fc.constantFrom(' > ', ' >> ', ' < ', ' 2>&1 > ', ' <<< '), word).map((parts) => parts.join('')),
    tie('line').map((l) => `echo $(${l})`),
    tie('line').map((l) => `echo "\`${l}\`"`),
    tie('line').map((l) => `( ${l} )`),
    tie('line').map((l) => `{ ${l}; }`),
    tie('line').map((l) => `if ${l}; then ${l}; else :; fi`),
    tie('line').map((l) => `for x in 1 b "c d"; do ${l}; done`),
    tie('line').map((l) => `seq 20 | while read x; do ${l}; done`),
    tie('line').map((l) => `f() { ${l}; }; f a b`),
    tie('line').map((l) => `case $x in a*) ${l};; *) :;; esac`),
    tie('line').map((l) => `cat <<E\n$x $(${l})\nE`),
    tie('line').map((l) => `x=$(${l}); [[ $x == *a* ]] && ${l}`),
    tie('line').map((l) => l.slice(0, Math.ceil(l.length * 0.8))),
  ),
}))

const numRuns = Number(process.env['HOSTILE_RUNS'] ?? 60)
const seed = Number(process.env['HOSTILE_SEED'] ?? 11)

test(`${numRuns} lines: a result each, within the budget, the same again`, { timeout: 60_000 + numRuns * 5_000 }, () => {
  fc.assert(
    fc.property(line, (text) => {
      const grade = () => examination.grade({ kind: 'script', name: 'x.sh', text, files: { f: 'a b\nc\n' } })
      const result = grade()
      expect(['graded', 'limit']).toContain(result.status)
      expect(JSON.stringify(result)).not.toMatch(/\bat \S+ \(|TypeError|RangeError|AssertionError/)
      expect(examination.effort).toBeLessThan(4 * MAX_EFFORT)
      expect(grade()).toEqual(result)
    }),
    { numRuns, seed, endOnFailure: false },
  )
})
