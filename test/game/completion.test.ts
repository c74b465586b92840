/** Completion and continuation at the prompt. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Attempt } from '../../src/game/attempt.ts'
import { completeness } from '../../src/game/completion/completeness.ts'
import { completeLine } from '../../src/game/completion/index.ts'
import { typedLine } from '../../src/game/completion/words.ts'
import { FIRST, fixtureCatalogue } from './play-fixture.ts'

describe('the line taken apart', () => {
  test.each([
    ['kubectl get po', ['kubectl', 'get'], 'po', 12],
    ['kubectl get ', ['kubectl', 'get'], '', 12],
    ['a | b; FOO=1 kubectl ge', ['kubectl'], 'ge', 21],
    ['echo $(kubectl get n', ['kubectl', 'get'], 'n', 19],
    ['for i in a; do ls st', ['ls'], 'st', 18],
    [`cat "my fi`, ['cat'], 'my fi', 5],
    ['cat a\\ b', ['cat'], 'a b', 4],
    ['a && b || c', [], 'c', 10],
  ])('%s', (text, before, typed, from) => {
    expect(typedLine(text, text.length)).toMatchObject({ before, typed, from })
  })

  test('a redirect wants a file', () =>
    expect(typedLine('echo x > fi', 11)).toMatchObject({ before: ['echo', 'x'], typed: 'fi', redirect: true }))
})

describe('whether the shell would ask for more', () => {
  test.each([
    ['echo hi', 'complete'],
    ["echo 'hi", 'incomplete'],
    ['echo "a\nb"', 'complete'],
    ['echo a \\', 'incomplete'],
    ['for i in 1 2; do', 'incomplete'],
    ['for i in 1 2; do echo $i; done', 'complete'],
    ['if true; then echo x', 'incomplete'],
    ['cat <<EOF', 'incomplete'],
    ['cat <<EOF\nhello', 'incomplete'],
    ['cat <<EOF\nhello\nEOF', 'complete'],
    ["cat <<'EOF'\n$x 'y\nEOF", 'complete'],
    ['cat <<-X\n\ta\n\tX', 'complete'],
    ['kubectl get pods |', 'incomplete'],
    ['true &&', 'incomplete'],
    ['echo $(date', 'incomplete'],
    ['f() {', 'incomplete'],
    ['echo )', 'complete'],
    ['cat <<< word', 'complete'],
  ])('%j', (text, want) => expect(completeness(text)).toBe(want))
})

describe('candidates', () => {
  let attempt: Attempt
  beforeAll(() => {
    attempt = new Attempt({ level: fixtureCatalogue().level(FIRST), lang: 'en', canEdit: true })
  })
  const of = (text: string): string[] => completeLine(attempt, text, text.length).candidates.map((c) => c.text)

  test.each<[string, readonly string[]]>([
    ['kub', ['kubectl']],
    ['hi', ['hint']],
    ['kubectl ge', ['get']],
    ['k get dep', ['deployments']],
    ['kubectl get po', ['po', 'pods', 'poddisruptionbudgets', 'podtemplates']],
    ['kubectl get service ', ['web']],
    ['kubectl get svc/', ['svc/web']],
    ['kubectl get pods,serv', ['pods,services', 'pods,serviceaccounts', 'pods,servicecidrs']],
    ['kubectl rollout ', ['history', 'pause', 'restart', 'resume', 'status', 'undo']],
    ['kubectl rollout status ', ['daemonsets', 'deployments', 'statefulsets']],
    ['kubectl rollout status deployment ', ['web']],
    ['kubectl -n sh', ['shop']],
    ['kubectl get pods -n kube-s', ['kube-system']],
    ['kubectl get pods -o y', ['yaml']],
    ['kubectl get pods --outp', ['--output', '--output-watch-events']],
    ['kubectl get pods --output=js', ['--output=json', '--output=jsonpath=']],
    ['kubectl apply -f se', ['service.yaml']],
    ['kubectl drain node-', ['node-a', 'node-b', 'node-c']],
    ['cat se', ['service.yaml']],
    ['echo x >> se', ['service.yaml']],
    ['echo $HOM', ['$HOME']],
    ['answer c', ['color']],
    ['why service/', ['service/web']],
    ['kubectl logs -l app', ['app=web']],
    ['kubectl get dplym', ['deployments']],
  ])('%s', (text, want) => {
    const found = of(text)
    expect(found.slice(0, want.length).sort()).toEqual([...want].sort())
  })

  test('names of pods follow what runs', () => {
    const pods = of('kubectl delete pod web-')
    expect(pods).toHaveLength(2)
    expect(of(`kubectl logs ${pods[0]} -c `)).toEqual(['web'])
  })
})
