import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class LinesWidget extends ShapesWidget {}

customElements.define("gw-lines", LinesWidget);
