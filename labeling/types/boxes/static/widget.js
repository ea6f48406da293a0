import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class BoxesWidget extends ShapesWidget {}

customElements.define("gw-boxes", BoxesWidget);
