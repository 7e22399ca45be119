/**
 * Authentication context classes (OpenID Connect Core §2, `acr`), the weakest first. A class is a rule over what was
 * proven, so that a new step reaches classes by what it proves, without being named here.
 */
import type { PossibleProof, Proof } from './proof.ts'

/** `phr` and `phrh` are registered by OpenID Connect Extended Authentication Profile (EAP) ACR Values 1.0. */
export const acrPassword = 'urn:authly:acr:pwd'
export const acrMultiFactor = 'urn:authly:acr:mfa'
export const acrPhishingResistant = 'phr'
export const acrPhishingResistantHardware = 'phrh'

type Evidence = readonly Pick<Proof, 'factors' | 'phishing_resistant' | 'hardware_protected'>[]

interface ContextClass {
  readonly acr: string
  readonly isReachedBy: (proofs: Evidence) => boolean
}

/** Two different kinds of factor, whether one step proves both or two steps one each (NIST SP 800-63B-4 §2.2). */
const isMultiFactor = (proofs: Evidence): boolean =>
  new Set(proofs.flatMap(({ factors }) => factors)).size > 1

export const contextClasses: readonly ContextClass[] = [
  { acr: acrPassword, isReachedBy: (proofs) => proofs.length > 0 },
  { acr: acrMultiFactor, isReachedBy: isMultiFactor },
  {
    acr: acrPhishingResistant,
    isReachedBy: (proofs) => isMultiFactor(proofs) && proofs.some((proof) => proof.phishing_resistant),
  },
  {
    acr: acrPhishingResistantHardware,
    isReachedBy: (proofs) =>
      isMultiFactor(proofs) && proofs.some((proof) => proof.phishing_resistant && proof.hardware_protected),
  },
]

/** The names of all classes, for schemas. */
export const knownClasses = contextClasses.map(({ acr }) => acr) as [string, ...string[]]

/** Whether a session of class `reached` satisfies a demand: any of `wanted`, or a stronger one. Nothing demanded: yes. */
export const satisfies = (reached: string | undefined, wanted: readonly string[]): boolean =>
  wanted.length === 0 || wanted.some((acr) => reached !== undefined && includesClass(reached, acr))

/** All classes that `proofs` reach, the weakest first. A class includes those below it. */
export const reachedClasses = (proofs: Evidence): readonly string[] =>
  contextClasses.filter(({ isReachedBy }) => isReachedBy(proofs)).map(({ acr }) => acr)

/** The strongest class reached; undefined when nothing was proven. It is the `acr` of a session. */
export const acrOf = (proofs: Evidence): string | undefined => reachedClasses(proofs).at(-1)

/** Whether a session of class `reached` is at least of class `wanted`; unknown classes are never reached. */
export function includesClass(reached: string, wanted: string): boolean {
  const rank = (acr: string) => contextClasses.findIndex((each) => each.acr === acr)
  return rank(wanted) >= 0 && rank(wanted) <= rank(reached)
}

/** A class and those below it; none for an unknown one. */
export const includedClasses = (reached: string): readonly string[] =>
  knownClasses.filter((acr) => includesClass(reached, acr))

/** The classes that steps with these possible proofs can reach together: `acr_values_supported`. */
export const supportedClasses = (possible: readonly PossibleProof[]): readonly string[] =>
  reachedClasses(possible)

/**
 * The class that is told to a client (OpenID Connect Core §2): the first of those it asked for that was reached, else the
 * one reached. Otherwise a client that asked for a weaker class than the session has would not recognize it.
 */
export const toldClass = (reached: string, asked: readonly string[]): string =>
  asked.find((acr) => includesClass(reached, acr)) ?? reached
