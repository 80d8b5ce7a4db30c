// Something that the cashier can put right; its message is the sentence to show.
export class Wrong extends Error {}
