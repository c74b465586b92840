import { expect, test } from 'vitest'
import { KindRegistry } from '../../src/api/registry.ts'
import { aggregatedDiscovery, groupInfo, groupList, resourceList } from '../../src/apiserver/discovery/discovery.ts'
import { openApiDocument, openApiIndex } from '../../src/apiserver/discovery/openapi.ts'
import { kinds } from './world.ts'

const registry = new KindRegistry(kinds)

test('groups come in discovery order, virtual ones among them', () => {
  const names = (groupList(registry) as any).groups.map((g: any) => g.name)
  expect(names).toEqual(['apps', 'authentication.k8s.io', 'authorization.k8s.io', 'rbac.authorization.k8s.io'])
  expect(groupInfo(registry, 'apps')).toMatchObject({ kind: 'APIGroup', preferredVersion: { groupVersion: 'apps/v1' } })
  expect(groupInfo(registry, 'nope')).toBeUndefined()
})

test('resources with their subresources', () => {
  const names = (resourceList(registry, 'apps', 'v1') as any).resources.map((r: any) => `${r.name} ${r.kind}`)
  expect(names).toEqual(['deployments Deployment', 'deployments/scale Scale', 'deployments/status Deployment'])
  expect((resourceList(registry, '', 'v1') as any).resources.map((r: any) => r.name)).toContain('bindings')
})

test('the aggregated form', () => {
  const core = aggregatedDiscovery(registry, 'core') as any
  const pods = core.items[0].versions[0].resources.find((r: any) => r.resource === 'pods')
  expect(pods).toMatchObject({
    scope: 'Namespaced',
    singularResource: 'pod',
    shortNames: ['po'],
    categories: ['all'],
    responseKind: { group: '', version: '', kind: 'Pod' },
  })
  expect(pods.subresources.map((s: any) => `${s.subresource} ${s.verbs}`)).toContain('exec create,get')
})

test('openapi refers by name and tells kinds', () => {
  const document = openApiDocument(registry, 'apps', 'v1') as any
  const schema = document.components.schemas['io.k8s.api.apps.v1.Deployment']
  expect(schema['x-kubernetes-group-version-kind']).toEqual([{ group: 'apps', kind: 'Deployment', version: 'v1' }])
  expect(schema.properties.spec).toEqual({ $ref: '#/components/schemas/io.k8s.api.apps.v1.DeploymentSpec' })
  expect(document.paths['/apis/apps/v1/namespaces/{namespace}/deployments/{name}'].patch.parameters.map((p: any) => p.name)).toContain(
    'fieldValidation',
  )
  expect((openApiIndex(registry) as any).paths['apis/apps/v1'].serverRelativeURL).toMatch(
    /^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}$/,
  )
})
