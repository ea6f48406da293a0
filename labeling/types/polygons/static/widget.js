import { ShapesWidget } from "../../labeling/engine/shapes_widget.js";

export default class PolygonsWidget extends ShapesWidget {}

customElements.define("gw-polygons", PolygonsWidget);
