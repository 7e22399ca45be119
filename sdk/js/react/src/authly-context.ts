'use client'
import type { Authly } from '@authly-server/browser'
import { createContext } from 'react'

export const AuthlyContext = createContext<Authly | undefined>(undefined)
