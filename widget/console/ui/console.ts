/*! htmx 4.0.1 (htmx.org), Zero-Clause BSD licence; see ui/vendor/LICENSE */
// The console's one script. Pages work without it; it keeps them current.
import { trust } from "./trusted";
import htmx from "./vendor/htmx.esm.js";
import "./vendor/hx-sse.js";
import { follow } from "./live";
import { chime } from "./chime";
import { reply } from "./reply";
import { bottom } from "./bottom";
import { said } from "./said";

trust(htmx);
chime();
follow();
reply();
bottom();
said();
