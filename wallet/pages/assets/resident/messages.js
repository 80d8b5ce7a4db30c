// What the device signs beside its codes: a domain, then its parts, one to a line.
import { utf8 } from "./bytes.js";

const message = (...parts) => utf8(parts.join("\n"));

export const enrolmentMessage = (challenge, publicKey, kind, name) =>
  message("fusion-wallet/1/enrol", challenge, publicKey, kind, name);

export const passesMessage = (challenge, number, profile, clockSeconds) =>
  message("fusion-wallet/1/passes", challenge, number, profile, clockSeconds);

export const clearingMessage = (challenge, number) =>
  message("fusion-wallet/1/clear-alarm", challenge, number);

export const approvalMessage = ({ id, version, amount, currency, payee }) =>
  message(
    "fusion-wallet/1/approval", "fusion-wallet/1/settlement", id, version, amount, currency, payee,
  );
