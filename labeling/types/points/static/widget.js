import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class PointsWidget extends ShapesWidget {}

customElements.define("gw-points", PointsWidget);
