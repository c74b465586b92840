/** `--raw` of the writing verbs, and resources that are answered and never stored. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const CM = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"v"}}'
const REVIEW = (kind: string, spec: string, group = 'authorization.k8s.io'): string =>
  `apiVersion: ${group}/v1\nkind: ${kind}\nspec: ${spec}\n`
const ATTRIBUTES = 'resourceAttributes: {verb: get, resource: pods, namespace: lab}'
const PATH = '/api/v1/namespaces/lab/configmaps'

const opened = (): Session => {
  const session = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
  session.write('a.json', CM)
  session.write('b.json', CM.replace('"v"', '"w"'))
  session.write('a.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: y}\n')
  session.write('self.yaml', REVIEW('SelfSubjectAccessReview', `{${ATTRIBUTES}}`))
  session.write('bob.yaml', REVIEW('SubjectAccessReview', `{user: bob, ${ATTRIBUTES}}`))
  session.write('local.yaml', REVIEW('LocalSubjectAccessReview', `{user: bob, ${ATTRIBUTES}}`))
  session.write('rules.yaml', REVIEW('SelfSubjectRulesReview', '{namespace: lab}'))
  session.write('token.yaml', REVIEW('TokenReview', '{token: nope}', 'authentication.k8s.io'))
  session.write('role.yaml', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules: []\n')
  return session
}

test('create, replace and delete send one request and print its answer', () => {
  const session = opened()
  expect(session.run(`kubectl create --raw ${PATH} -f a.json`)).toMatchObject({
    exitCode: 0,
    output: expect.stringMatching(/^\{"kind":"ConfigMap","apiVersion":"v1","metadata":\{"name":"a",.*"data":\{"k":"v"\}\}\n$/),
  })
  expect(session.run(`kubectl replace --raw ${PATH}/a -f b.json`).exitCode).toBe(0)
  expect(session.run('kubectl get cm a -o jsonpath={.data.k}').output).toBe('w')
  expect(session.run(`kubectl delete --raw ${PATH}/a`).output).toMatch(/^\{"kind":"Status","apiVersion":"v1",.*"status":"Success"/)
  expect(session.run('kubectl get cm a').output).toBe('Error from server (NotFound): configmaps "a" not found\n')
})

test.each([
  [`create --raw ${PATH}`, 'error: must specify one of -f and -k\n'],
  ['create --raw nope -f a.json', 'error: --raw must be a valid URL path: parse "nope": invalid URI for request\n'],
  [`create --raw ${PATH} -f a.json -o yaml`, 'error: --raw and --output are mutually exclusive\n'],
  [`create --raw ${PATH} -f a.json -R`, 'error: --raw and --recursive are mutually exclusive\n'],
  [`create --raw ${PATH} -f a.json --edit`, 'error: --raw and --edit are mutually exclusive\n'],
  [`delete --raw ${PATH}/a -f a.json -f b.json`, 'error: --raw can only use a single local file or stdin\n'],
  [`delete --raw ${PATH}/a`, 'Error from server (NotFound): configmaps "a" not found\n'],
  [
    `create --raw ${PATH} -f a.yaml`,
    "Error from server (BadRequest): the object provided is unrecognized (must be of type ConfigMap): couldn't get version/kind; json parse error: invalid character 'a' looking for beginning of value (61706956657273696f6e3a2076310a6b696e643a20436f6e6669674d6170 ...)\n",
  ],
  ['delete -f self.yaml', 'error: error when deleting "self.yaml": resource name may not be empty\n'],
  ['get tokenreviews', 'Error from server (MethodNotAllowed): the server does not allow this method on the requested resource\n'],
])('kubectl %s is refused', (command, output) => {
  expect(opened().run(`kubectl ${command}`)).toMatchObject({ exitCode: 1, output })
})

test.each([
  ['self.yaml', '{"allowed":true}'],
  ['bob.yaml', '{"allowed":false}'],
  ['local.yaml', '{"allowed":false}'],
  ['rules.yaml', '"incomplete":false'],
  ['token.yaml', '"error":"invalid bearer token"'],
])('create -f %s shows what was found', (file, status) => {
  const session = opened()
  expect(session.run(`kubectl create -f ${file}`).output).toMatch(/^\w+review\.auth\w+\.k8s\.io\/<unknown> created\n$/)
  expect(session.run(`kubectl create -f ${file} -o jsonpath='{.status}'`).output).toContain(status)
})

test('explain knows them', () => {
  expect(opened().run('kubectl explain subjectaccessreview.spec.user').output).toContain('FIELD: user <string>')
})

test('auth reconcile makes the namespace', () => {
  const session = opened()
  expect(session.run('kubectl auth reconcile -f role.yaml -n fresh').output).toMatch(/^role\.rbac\.authorization\.k8s\.io\/r reconciled\n/)
  expect(session.run('kubectl get ns fresh -o name').output).toBe('namespace/fresh\n')
})
