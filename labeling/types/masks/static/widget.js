import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class MasksWidget extends ShapesWidget {}

customElements.define("gw-masks", MasksWidget);
