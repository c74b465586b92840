/** Images of a registry that asks for a login: with the right Secret, without, and what the kubelet says of each refusal. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

const LOGIN = '--docker-server=registry.miempresa.com --docker-username=desarrollo --docker-password=N0-es-un-secreto'
const secret = (options: string): string => run(`kubectl create secret docker-registry regcred ${options}`)
const pod = (image: string, secrets = '[{name: regcred}]'): void => {
  session.write(
    'pod.yaml',
    `apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec:\n  imagePullSecrets: ${secrets}\n  containers: [{name: c, image: "${image}"}]\n`,
  )
  run('kubectl apply -f pod.yaml')
  session.advance(20_000)
}
const phase = (): string => run("kubectl get pod web -o jsonpath='{.status.phase}'")
const WEB = 'registry.miempresa.com/web:1.27'
const FAILED = `Failed to pull image "${WEB}": failed to pull and unpack image "${WEB}": failed to resolve reference "${WEB}": `
const TOKEN = 'https://registry.miempresa.com/token?scope=repository%3Aweb%3Apull&service=registry.miempresa.com: 401 Unauthorized'

describe('pulled', () => {
  test.each([
    ['with the Secret that kubectl makes', LOGIN],
    ['whose server is written as a URL', LOGIN.replace('registry.', 'https://registry.').replace('.com', '.com/v1/')],
    ['whose server is the repository alone', LOGIN.replace('.com', '.com/web')],
  ])('%s', (_name, options) => {
    secret(options)
    pod(WEB)
    expect(phase()).toBe('Running')
  })

  test('by the ServiceAccount’s Secrets', () => {
    secret(LOGIN)
    run(`kubectl patch serviceaccount default -p '{"imagePullSecrets": [{"name": "regcred"}]}'`)
    pod(WEB, '[]')
    expect(run("kubectl get pod web -o jsonpath='{.spec.imagePullSecrets[*].name}'")).toBe('regcred')
    expect(phase()).toBe('Running')
  })

  test('with nothing but auth in the Secret', () => {
    const auth = Buffer.from('desarrollo:N0-es-un-secreto').toString('base64')
    session.write('config.json', JSON.stringify({ auths: { 'registry.miempresa.com': { auth } } }))
    run('kubectl create secret generic regcred --from-file=.dockerconfigjson=config.json --type=kubernetes.io/dockerconfigjson')
    pod(WEB)
    expect(phase()).toBe('Running')
  })

  test('once the Secret comes, after the back-off', () => {
    pod(WEB)
    expect(run('kubectl get pod web')).toMatch(/ErrImagePull|ImagePullBackOff/)
    secret(LOGIN)
    session.advance(60_000)
    expect(phase()).toBe('Running')
  })
})

describe('refused', () => {
  test.each<[string, string | undefined, string, string]>([
    [
      'nobody logs in',
      undefined,
      WEB,
      `${FAILED}failed to authorize: failed to fetch anonymous token: unexpected status from GET request to ${TOKEN}`,
    ],
    [
      'the password is wrong',
      LOGIN.replace('secreto', 'secret'),
      WEB,
      `${FAILED}failed to authorize: failed to fetch oauth token: unexpected status from GET request to ${TOKEN}`,
    ],
    ['the Secret is for another registry', LOGIN.replace('registry.', 'images.'), WEB, 'failed to fetch anonymous token'],
    [
      'the user may not read it',
      LOGIN,
      'registry.miempresa.com/direccion/informes:2.4',
      'unexpected status from HEAD request to https://registry.miempresa.com/v2/direccion/informes/manifests/2.4: 403 Forbidden',
    ],
    ['there is no such repository', LOGIN, 'registry.miempresa.com/webb:1.27', 'registry.miempresa.com/webb:1.27: not found'],
    ['there is no such tag', LOGIN, 'registry.miempresa.com/web:9.99', 'registry.miempresa.com/web:9.99: not found'],
  ])('%s', (_name, options, image, message) => {
    if (options !== undefined) secret(options)
    pod(image, options === undefined ? '[]' : undefined)
    expect(phase()).toBe('Pending')
    expect(run('kubectl describe pod web')).toContain(message)
  })

  test('a Secret that is not there is told of, and the pull tried all the same', () => {
    pod('nginx:1.27')
    expect(run('kubectl describe pod web')).toMatch(
      /Warning +FailedToRetrieveImagePullSecret .* Unable to retrieve some image pull secrets \(regcred\); attempting to pull the image may not succeed\./,
    )
    expect(phase()).toBe('Running')
  })
})
