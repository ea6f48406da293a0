import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class EllipsesWidget extends ShapesWidget {}

customElements.define("gw-ellipses", EllipsesWidget);
