/** ssh at the prompt: what a node's own tools say is the cluster's state, and what they do happens. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'
import type { Desk } from '../../src/shell/contract.ts'

const sit = (options: Partial<ConstructorParameters<typeof Session>[0]> = {}): Session => {
  const session = new Session({ world: { preset: 'default' }, ...options })
  const desk: Desk = { lang: 'en', session, level: undefined }
  session.useCommands(promptCommands(desk))
  return session
}

const ready = (session: Session, node: string): string => {
  const conditions = session.world.cluster.read.get('nodes', undefined, node)?.status?.conditions ?? []
  return conditions.find((c) => c.type === 'Ready')?.status ?? ''
}

describe('what a node shows', () => {
  let session: Session
  let node: string
  beforeAll(() => {
    session = sit()
    session.run(
      'kubectl create deployment web --image=nginx:1.29; kubectl expose deployment web --port=80; kubectl rollout status deployment web',
    )
    node = session.run("kubectl get pods -l app=web -o jsonpath='{.items[0].spec.nodeName}'").output
  })
  const on = (command: string): string => session.run(`ssh ${node} ${command}`).output

  test('crictl inspectp, rmi --prune; top -b and mount', () => {
    const pod = JSON.parse(on("'crictl inspectp $(crictl pods --name web -q)'"))
    expect(pod.status).toMatchObject({
      state: 'SANDBOX_READY',
      metadata: { namespace: 'default' },
      network: { ip: expect.stringMatching(/^10\.244\./) },
    })
    expect(on('crictl inspectp nothing 2>&1')).toContain('an error occurred when try to find sandbox: not found')
    on('crictl rmi --prune')
    expect(on('crictl images')).toContain('docker.io/library/nginx')
    expect(on('top -b -n1')).toMatch(/^Tasks: \d+ total\n\n +PID USER[\s\S]* kube-proxy\n/)
    expect(on('mount')).toContain('/dev/sda1 on / type ext4')
  })

  test('crictl lists its containers, pods and images, and their logs', () => {
    expect(on('crictl ps')).toMatch(
      /^CONTAINER +IMAGE +CREATED +STATE +NAME +ATTEMPT +POD ID +POD +NAMESPACE\n[\s\S]*Running +nginx +0 +[0-9a-f]{13} +web-/,
    )
    expect(on('crictl pods --name web')).toMatch(/\n[0-9a-f]{13} .*Ready +web-\S+ +default +0 +\(default\)\n$/)
    expect(on('crictl images')).toMatch(/docker\.io\/library\/nginx +1\.29 +[0-9a-f]{13} +[\d.]+MB/)
    expect(on("'crictl logs $(crictl ps --name nginx -q)' 2>&1")).toMatch(/start worker process/)
    expect(on("'cat /var/log/pods/default_web-*/nginx/0.log'")).toMatch(/Z stderr F .*start worker process/)
  })

  test('crictl runs a command in a container, shows what it uses, and pulls', () => {
    expect(on("'crictl exec $(crictl ps --name nginx -q) cat /etc/hostname'")).toMatch(/^web-/)
    expect(on('crictl stats')).toMatch(/^CONTAINER +NAME +CPU % +MEM +DISK\n[\s\S]* nginx +\d/)
    expect(on('crictl pull busybox:1.37')).toMatch(/^Image is up to date for sha256:[0-9a-f]{64}\n$/)
    expect(on('crictl images')).toMatch(/busybox/)
    expect(on("'crictl pull nginx:9.99' 2>&1")).toMatch(/^FATA\[0000\] pulling image: /)
  })

  test('addresses, routes and the rules that kube-proxy wrote', () => {
    const { ip } = session.world.fleet.specification(node)!
    expect(on('ip addr')).toContain(`inet ${ip}/16`)
    expect(on('ip route')).toMatch(/^default via .*\n10\.244\.\d\.0\/24 dev cni0/)
    const clusterIp = session.run("kubectl get service web -o jsonpath='{.spec.clusterIP}'").output
    expect(on('iptables-save')).toMatch(new RegExp(`-A KUBE-SERVICES -d ${clusterIp}/32 .*"default/web`))
    expect(on('iptables -t nat -L KUBE-SERVICES -n')).toMatch(
      new RegExp(`^Chain KUBE-SERVICES \\(2 references\\)\\n[\\s\\S]*KUBE-SVC-\\w+ +tcp +-- +0\\.0\\.0\\.0/0 +${clusterIp} `),
    )
  })

  test('disk, memory, processes, name', () => {
    expect(on('df -h')).toMatch(/^Filesystem +Size +Used +Avail +Use% +Mounted on\n\/dev\/sda1 +50G +\d/)
    expect(Number(/Mem: +8192 +(\d+)/.exec(on('free -m'))?.[1])).toBeGreaterThan(10)
    expect(on('ps aux')).toMatch(/\/usr\/bin\/kubelet[\s\S]*nginx/)
    expect(on('hostname')).toBe(`${node}\n`)
    expect(on('uptime')).toMatch(/ up \d+ min, {2}1 user, {2}load average: \d/)
    expect(on('journalctl -u kubelet --no-pager')).toMatch(/kubelet\[812\]: I.*reason="Pulled" message="Successfully pulled image/)
  })

  test('a container stopped behind the kubelet is started again', () => {
    on("'crictl stop $(crictl ps --name nginx -q)'")
    session.advance(5_000)
    expect(session.run('kubectl get pods -l app=web').output).toMatch(/1\/1 +Running +1 \(/)
    expect(on('crictl ps -a --name nginx')).toMatch(/Running +nginx +1[\s\S]*Exited +nginx +0/)
  })

  test.each<[string, RegExp]>([
    ['crictl exec x sh', /execing command in container "x": .*not found/],
    ['crictl attach x', /not simulated; there are ps/],
    ['iptables -F', /not simulated/],
    ['systemctl status nginx', /Unit nginx\.service could not be found/],
    ['nonsense', /nonsense: command not found/],
  ])('%s says what is not there', (command, says) => {
    expect(on(`${command} 2>&1`)).toMatch(says)
  })
})

test('a stopped kubelet is a node that is lost, and comes back', () => {
  const session = sit()
  expect(session.run('ssh node-b systemctl stop kubelet').exitCode).toBe(0)
  expect(session.run('ssh node-b systemctl is-active kubelet')).toMatchObject({ output: 'inactive\n', exitCode: 3 })
  session.advance(60_000)
  expect(ready(session, 'node-b')).toBe('Unknown')
  expect(session.run('ssh node-b crictl ps -q').output).not.toBe('')
  session.run('ssh node-b systemctl start kubelet')
  session.advance(5_000)
  expect(ready(session, 'node-b')).toBe('True')
  expect(session.run('ssh node-b journalctl -u kubelet -n 400').output).toMatch(/systemd\[1\]: Stopped kubelet\.service/)
})

test('without containerd a node is not ready, its containers live on', () => {
  const session = sit()
  session.run('ssh node-b systemctl stop containerd')
  session.advance(2_000)
  expect(ready(session, 'node-b')).toBe('False')
  expect(session.run('ssh node-b crictl ps 2>&1').output).toMatch(/containerd\.sock: connect: connection refused/)
  session.run('ssh node-b systemctl start containerd')
  session.advance(2_000)
  expect(ready(session, 'node-b')).toBe('True')
})

test('machines that cannot be reached, names that are none, people who may not', () => {
  const session = sit()
  session.world.fleet.crash('node-b')
  expect(session.run('ssh node-b')).toMatchObject({ output: 'ssh: connect to host node-b port 22: No route to host\n', exitCode: 255 })
  session.world.fleet.cut('node-c', true)
  expect(session.run('ssh node-c hostname').output).toBe('ssh: connect to host node-c port 22: Connection timed out\n')
  expect(session.run('ssh nowhere').output).toMatch(/Could not resolve hostname nowhere/)
  const developer = sit({ user: { name: 'dev', groups: ['developers'] } })
  expect(developer.run('ssh node-a')).toMatchObject({ output: 'root@node-a: Permission denied (publickey).\n', exitCode: 255 })
})

test('a terminal takes lines until exit', () => {
  const session = sit()
  session.canEdit = true
  session.begin('ssh node-a')
  session.advance(200)
  expect(session.asking).toBe(true)
  for (const line of ['cd /tmp\n', 'echo kept > note; hostname\n', 'exit\n']) {
    session.input(line)
    session.advance(200)
  }
  const text = session
    .take()
    .map((c) => c.text)
    .join('')
  expect(text).toBe('root@node-a:~# root@node-a:/tmp# node-a\nroot@node-a:/tmp# logout\nConnection to node-a closed.\n')
  expect(session.running).toBe(false)
  session.begin('ssh node-a cat /tmp/note')
  session.advance(200)
  expect(session.take()).toEqual([{ fd: 1, text: 'kept\n' }])
})

test('a reboot closes the connection; the node comes back', () => {
  const session = sit()
  expect(session.run('ssh node-c reboot')).toMatchObject({ output: 'Connection to node-c closed by remote host.\n', exitCode: 255 })
  session.advance(40_000)
  expect(ready(session, 'node-c')).toBe('True')
  expect(session.run('kubectl get events --field-selector reason=Rebooted').output).toMatch(/has been rebooted/)
})
