/** Form fields of the proof of work. */
export const puzzleField = 'puzzle'
export const answerField = 'answer'
