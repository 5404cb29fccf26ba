// The invitation stands before the person it is for.
import { call } from "./server.js";

call("POST", "/api/invitations/seen/").catch(() => null);
