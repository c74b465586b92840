import { test } from 'vitest'
import { Session } from '../src/session/session.ts'
test('x', () => {
  const session = new Session({ world: { preset: 'default', seed: '1' } })
  session.run('kubectl create deployment web --image=nginx & timeout 9 kubectl get pods -w')
  session.run('kubectl delete pods --all --wait=false')
  console.log(session.run('timeout 9 kubectl get pods -w | cat').output)
})
