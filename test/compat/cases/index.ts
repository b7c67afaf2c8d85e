import type { Case } from '../case'
import { callCases } from './calls'
import { changeCases } from './changes'
import { abortCases, choiceCases, enrichmentCases } from './hooks'
import { interfaceCases } from './interface'
import { lifecycleCases } from './lifecycle'
import { pluginCases } from './plugins'
import { scriptCases } from './script'
import { stateCases } from './state'

export const cases: readonly Case[] = [
  ...scriptCases,
  ...interfaceCases,
  ...callCases,
  ...lifecycleCases,
  ...enrichmentCases,
  ...abortCases,
  ...choiceCases,
  ...pluginCases,
  ...stateCases,
  ...changeCases,
]
