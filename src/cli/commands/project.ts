import { defineGroup } from '../define-group'
import { projectAddCommand } from './project-add'
import { projectListCommand } from './project-list'
import { projectRevokeCommand } from './project-revoke'
import { projectRotateCommand } from './project-rotate'
import { projectSetCommand } from './project-set'

export const projectCommand = defineGroup({
  name: 'project',
  summary: 'add and list projects, and give them new keys',
  commands: [projectAddCommand, projectListCommand, projectSetCommand, projectRotateCommand, projectRevokeCommand],
  notes: `They work on the store, also beside a running collector, which sees the change after
some seconds.`,
})
