// How the desk and the screen that faces the patient find each other.
export const CHANNEL = "fusion-desk-screen";
export const BEAT = 2000;
